import java.util.*;

public class Main {
    static final class Matrix {
        private static final int MODULUS = 10007;
        private final long[][] cells;

        Matrix(long[][] cells) {
            this.cells = cells;
        }

        static Matrix identity() {
            return new Matrix(new long[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
        }

        Matrix times(Matrix other) {
            long[][] product = new long[3][3];
            for (int i = 0; i < 3; i++)
                for (int j = 0; j < 3; j++)
                    for (int k = 0; k < 3; k++)
                        product[i][j] = (product[i][j] + cells[i][k] * other.cells[k][j]) % MODULUS;
            return new Matrix(product);
        }

        Matrix power(int exponent) {
            Matrix result = identity(), base = this;
            for (; exponent > 0; exponent >>= 1, base = base.times(base)) {
                if ((exponent & 1) == 1) result = result.times(base);
            }
            return result;
        }

        @Override
        public String toString() {
            StringJoiner lines = new StringJoiner("\n");
            for (long[] row : cells) lines.add(row[0] + " " + row[1] + " " + row[2]);
            return lines.toString();
        }
    }

    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        in.nextInt();
        long[][] cells = new long[3][3];
        for (long[] row : cells) for (int j = 0; j < 3; j++) row[j] = in.nextInt() % 1000;
        System.out.println("ennead-text");
        System.out.println(new Matrix(cells).power(271828));
    }
}
