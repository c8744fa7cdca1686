class Main {
    static function main() {
        while (true) {
            Sys.println("all work and no play makes a dull program");
        }
    }
}
