void main () {
    Thread.usleep (60 * 1000000);
}
