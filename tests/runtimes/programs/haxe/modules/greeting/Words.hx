package greeting;

class Words {
    public static function greeting() {
        return "from a module";
    }
}
