"""Collection sheets (数据收集表): a department passes an item's figures to its schools or townships as Excel,
takes in what comes back, and makes the item's figures of it."""
