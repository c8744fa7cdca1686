class Main {
    static function main() {
        throw new haxe.Exception("nobody catches this");
    }
}
