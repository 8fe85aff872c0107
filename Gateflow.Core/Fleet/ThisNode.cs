using Gateflow.Core.Storage;

namespace Gateflow.Core.Fleet;

/// <summary>What this process is among those that share the database.</summary>
public sealed class ThisNode
{
    /// <summary>The name under which it writes its rows; the same after a restart, another on each node.</summary>
    public required string Name { get; init; }

    public NodeRoles Roles { get; init; } = NodeRoles.All;

    /// <summary>True on a database that several nodes can share: evidence is then judged for all of them together.</summary>
    public bool SharesDatabase { get; init; }

    /// <summary>Its number among all nodes that ever were, from 1: see <see cref="NodeRow.Ordinal"/>. 1 until it is registered.</summary>
    public int Ordinal { get; internal set; } = 1;

    public bool Is(NodeRoles role) => (Roles & role) != 0;

    /// <summary>Nodes share the database of every product but SQLite.</summary>
    public static bool Shares(DatabaseProvider provider) => provider != DatabaseProvider.Sqlite;
}
