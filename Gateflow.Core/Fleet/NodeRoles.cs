namespace Gateflow.Core.Fleet;

/// <summary>What a node does. One that does everything needs no other.</summary>
[Flags]
public enum NodeRoles
{
    None = 0,

    /// <summary>Answers applications, judges what passes through it and records it.</summary>
    Gateway = 1,

    /// <summary>Serves pages, management API and hub.</summary>
    Dashboard = 2,

    /// <summary>Moves migrations on, and cleans up.</summary>
    Controller = 4,

    All = Gateway | Dashboard | Controller,
}
