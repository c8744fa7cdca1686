import greeting.Words;

class Main {
    static function main() {
        Sys.println(Words.greeting());
    }
}
