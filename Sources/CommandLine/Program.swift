/// The whole of kumki, for an executable of a few lines.
package enum Program {
    package static func main() async {}
}
