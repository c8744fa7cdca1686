import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

interface Scratch {
    static void main(String[] args) throws IOException {
        Path path = Path.of("scratch.txt");
        Files.writeString(path, "written and read\n");
        System.out.print(Files.readString(path));
    }
}
