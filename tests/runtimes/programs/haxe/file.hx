class Main {
    static function main() {
        sys.io.File.saveContent("scratch.txt", "written and read\n");
        Sys.print(sys.io.File.getContent("scratch.txt"));
    }
}
