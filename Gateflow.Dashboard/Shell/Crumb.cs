namespace Gateflow.Dashboard.Shell;

/// <summary>One step of a breadcrumb; without an address it is only a word (the name of a sidebar group).</summary>
public sealed record Crumb(string Text, string? Href = null);
