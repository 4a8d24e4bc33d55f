CREATE TABLE stock (
    item   text PRIMARY KEY,
    pieces int NOT NULL CHECK (pieces >= 0)
);

CREATE TABLE orders (
    id       text PRIMARY KEY,
    customer text NOT NULL,
    item     text NOT NULL REFERENCES stock
);

INSERT INTO stock VALUES ('rope', 3), ('tent', 0);
