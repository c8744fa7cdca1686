class Exit {
    static public void main(String... args) {
        System.exit(3);
    }
}
