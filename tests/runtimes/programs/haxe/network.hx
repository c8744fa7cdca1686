class Main {
    static function main() {
        try {
            new sys.net.Socket().connect(new sys.net.Host("192.0.2.1"), 80);
            Sys.println("connected");
        } catch (error) {
            Sys.println("no network");
        }
    }
}
