int main () {
    try {
        FileUtils.set_contents ("scratch.txt", "written and read\n");
        string text;
        FileUtils.get_contents ("scratch.txt", out text);
        print ("%s", text);
        return 0;
    } catch (FileError error) {
        stderr.printf ("%s\n", error.message);
        return 1;
    }
}
