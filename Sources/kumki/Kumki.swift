import CommandLine

@main
enum Kumki {
    static func main() async {
        await Program.main()
    }
}
