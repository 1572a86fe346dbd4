"""In which order attribute sets are evaluated, and which cannot be, from who needs whom.

Contract: agent-v5 6.2 e, data-model 3.3. A set depends on those whose SET attribute it includes or
excludes.
"""

import heapq


def evaluation_order(dependencies: dict[int, set[int]]) -> list[int]:
    """Order the sets so that each comes after those it depends on.

    Args:
        dependencies: of each set that takes part, the ids of the sets it depends on; itself and
            ids that do not take part do not count.

    Returns:
        Every set that is not in a cycle; the lowest id first among those that are free to go.
        A set that depends on one in a cycle stays: to it, that one is a set nobody belongs to.
    """
    left_out = set(circular(dependencies))
    waiting = {
        key: others - left_out
        for key, others in _among_each_other(dependencies).items()
        if key not in left_out
    }
    dependants = _reversed(waiting)
    free = [key for key, others in waiting.items() if not others]
    heapq.heapify(free)
    order: list[int] = []
    while free:
        done = heapq.heappop(free)
        order.append(done)
        for key in dependants[done]:
            waiting[key].discard(done)
            if not waiting[key]:
                heapq.heappush(free, key)
    return order


def circular(dependencies: dict[int, set[int]]) -> list[int]:
    """List the sets that are in a cycle, by id; not those that merely depend on one.

    Two sets are in a cycle when each depends on the other, directly or not. Kosaraju's algorithm:
    walked backwards, from the last to be completed, one only reaches its own cycle.
    """
    graph = _among_each_other(dependencies)
    dependants = _reversed(graph)
    found: list[int] = []
    seen: set[int] = set()
    for start in reversed(_by_completion(graph)):
        cycle = _reach(start, dependants, seen)
        if len(cycle) > 1:
            found.extend(cycle)
    return sorted(found)


def cycle_of(key: int, dependencies: dict[int, set[int]]) -> list[int]:
    """List the sets that are in a cycle with one, itself among them; none if it is in no cycle."""
    graph = _among_each_other(dependencies)
    if key not in graph:
        return []
    needed = set(_reach(key, graph, set()))
    needing = set(_reach(key, _reversed(graph), set()))
    cycle = needed & needing
    return sorted(cycle) if len(cycle) > 1 else []


def _among_each_other(dependencies: dict[int, set[int]]) -> dict[int, set[int]]:
    return {
        key: {other for other in others if other in dependencies and other != key}
        for key, others in dependencies.items()
    }


def _reversed(graph: dict[int, set[int]]) -> dict[int, set[int]]:
    dependants: dict[int, set[int]] = {key: set() for key in graph}
    for key, others in graph.items():
        for other in others:
            dependants[other].add(key)
    return dependants


def _by_completion(graph: dict[int, set[int]]) -> list[int]:
    """Order a walk in depth by when everything below was seen; a stack bears any depth."""
    completed: list[int] = []
    seen: set[int] = set()
    for start in graph:
        if start in seen:
            continue
        seen.add(start)
        path = [(start, iter(graph[start]))]
        while path:
            key, others = path[-1]
            unseen = next((other for other in others if other not in seen), None)
            if unseen is None:
                completed.append(key)
                path.pop()
            else:
                seen.add(unseen)
                path.append((unseen, iter(graph[unseen])))
    return completed


def _reach(start: int, graph: dict[int, set[int]], seen: set[int]) -> list[int]:
    """List what can be reached without passing by what was seen, and mark it as seen."""
    if start in seen:
        return []
    seen.add(start)
    reached = [start]
    for key in reached:  # it grows meanwhile
        fresh = graph[key] - seen
        seen |= fresh
        reached.extend(fresh)
    return reached
