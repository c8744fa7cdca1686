       IDENTIFICATION DIVISION.
       PROGRAM-ID. NETWORK.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  PEER BINARY-LONG.
       01  FAILED BINARY-LONG VALUE -1.
       01  INTERNET-ADDRESS.
           05  FAMILY BINARY-SHORT VALUE 2.
           05  PORT-AND-HOST PIC X(6) VALUE X"0050C0000201".
           05  FILLER PIC X(8) VALUE LOW-VALUES.
       PROCEDURE DIVISION.
           CALL STATIC "socket" USING BY VALUE 2 1 0 RETURNING PEER
           IF PEER >= 0
               CALL STATIC "connect" USING BY VALUE PEER
                   BY REFERENCE INTERNET-ADDRESS BY VALUE 16
                   RETURNING FAILED
           END-IF
           IF FAILED = 0
               DISPLAY "connected"
           ELSE
               DISPLAY "no network"
           END-IF
           MOVE 0 TO RETURN-CODE
           STOP RUN.
