namespace Gateflow.Core.Storage;

/// <summary>The name under which this node writes its rows; the same after a restart.</summary>
public sealed record NodeName(string Value);
