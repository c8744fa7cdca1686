void main () {
    // GLib's word for what must not happen: it ends the program with a signal.
    error ("nobody catches this");
}
