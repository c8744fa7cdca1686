class Main {
    static function main() {
        Sys.print(Sys.stdin().readAll().toString());
        Sys.println("größe 漢字 🦀 ж");
    }
}
