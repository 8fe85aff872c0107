namespace Gateflow.Core.Migrations;

/// <summary>What keeps its arm: the unit of assignment.</summary>
public enum StickyBy
{
    /// <summary>Conversation header, else the request's user, else the single request; never the key.</summary>
    Auto,

    /// <summary>Conversation header, else a hash of the system prompt and the first user message.</summary>
    Conversation,
    User,
    Key,
    Request,
}
