import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;

public class Main {
    static final int SIZE = 6 + 271828 % 2;

    interface Visitor {
        void found(List<Integer> columns);
    }

    static void place(List<Integer> columns, Visitor visitor) {
        int row = columns.size();
        if (row == SIZE) {
            visitor.found(columns);
            return;
        }
        next:
        for (int column = 0; column < SIZE; column++) {
            for (int i = 0; i < row; i++) {
                int apart = Math.abs(column - columns.get(i));
                if (apart == 0 || apart == row - i) continue next;
            }
            columns.add(column);
            place(columns, visitor);
            columns.remove(row);
        }
    }

    public static void main(String[] args) {
        Deque<String> solutions = new ArrayDeque<>();
        place(new ArrayList<>(), columns ->
            solutions.add(columns.stream().map(String::valueOf).collect(Collectors.joining(","))));
        System.out.println("ennead-text " + solutions.size() + " " + solutions.peekFirst());
    }
}
