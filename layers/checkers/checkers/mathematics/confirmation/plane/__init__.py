"""The second way of questions about points, lines, planes, graphs and figures."""
