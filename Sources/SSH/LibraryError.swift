/// A libssh2 call that failed; whoever made the call knows what it means for the user.
struct LibraryError: Error {
    /// As in `libssh2.h`: -5 is `LIBSSH2_ERROR_KEX_FAILURE`.
    let status: Int32
    let call: String
    /// libssh2's own.
    let words: String
}
