package dev.chatlist.violation;

public final class PrintsForItself {
    private PrintsForItself() {}

    static void print() {
        System.out.println();
    }
}
