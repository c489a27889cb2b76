// The page of slips: its one button prints it.
"use strict";

document.querySelector("[data-print]").addEventListener("click", () => window.print());
