class Main {
    static function main() {
        var kept = [];
        while (true) {
            kept.push([for (i in 0...1000) i]);
        }
    }
}
