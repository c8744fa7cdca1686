package words

class Words {
    static String text() { 'from a module' }
}
