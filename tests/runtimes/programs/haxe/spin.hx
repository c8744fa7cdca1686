class Main {
    static function main() {
        var n = 1;
        while (n > 0) {
            n = (n * 3) % 1000003 + 1;
        }
    }
}
