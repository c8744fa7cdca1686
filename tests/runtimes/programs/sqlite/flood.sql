WITH RECURSIVE lines (line) AS (SELECT 'and another line' UNION ALL SELECT line FROM lines)
SELECT line FROM lines;
