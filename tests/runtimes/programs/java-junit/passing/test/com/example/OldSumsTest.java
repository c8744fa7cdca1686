package com.example;

import static org.hamcrest.CoreMatchers.is;
import static org.hamcrest.MatcherAssert.assertThat;

import java.util.List;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;
import org.junit.runners.Parameterized.Parameters;

@RunWith(Parameterized.class)
public class OldSumsTest {
    private final int number;

    public OldSumsTest(int number) {
        this.number = number;
    }

    @Parameters
    public static List<Integer> numbers() {
        return List.of(-1, 0, 1);
    }

    @Test
    public void subtractingANumberFromItselfLeavesNothing() {
        assertThat(Sums.subtract(number, number), is(0));
    }
}
