class Main {
    static function main() {
        Sys.sleep(60);
    }
}
