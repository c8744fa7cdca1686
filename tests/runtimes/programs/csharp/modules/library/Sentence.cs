namespace Library {
    public static class Sentence {
        public static string Text() => "from a module";
    }
}
