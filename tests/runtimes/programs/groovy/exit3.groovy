class Exit {
    static void main(String[] args) {
        System.exit(3)
    }
}
