"""The words everything else is said in: digests, instants, periods, money, selectors, errors. Standard library only."""
