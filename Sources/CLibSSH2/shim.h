#pragma once

#include <libssh2.h>
#include <sys/types.h>

// libssh2 takes its callbacks as void *, and names this number only by a macro with a cast.

typedef ssize_t (*kumki_ssh2_receive)(libssh2_socket_t, void *, size_t, int, void **);
typedef ssize_t (*kumki_ssh2_send)(libssh2_socket_t, const void *, size_t, int, void **);

static inline void kumki_ssh2_set_socket_calls(LIBSSH2_SESSION *session, kumki_ssh2_receive receive, kumki_ssh2_send send) {
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_RECV, (void *)receive);
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_SEND, (void *)send);
}

static const unsigned int kumki_ssh2_window = LIBSSH2_CHANNEL_WINDOW_DEFAULT;
static const unsigned int kumki_ssh2_packet = LIBSSH2_CHANNEL_PACKET_DEFAULT;
