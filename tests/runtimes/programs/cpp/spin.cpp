int main() {
    volatile bool waiting = true;
    while (waiting) {
    }
}
