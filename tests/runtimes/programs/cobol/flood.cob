       IDENTIFICATION DIVISION.
       PROGRAM-ID. FLOOD.
       PROCEDURE DIVISION.
           PERFORM UNTIL EXIT
               DISPLAY "a line that nobody reads"
           END-PERFORM.
