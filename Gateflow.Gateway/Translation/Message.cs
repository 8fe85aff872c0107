namespace Gateflow.Gateway.Translation;

/// <summary>One turn. Results of tools are parts of a <see cref="Role.Tool"/> message, one message for all results of a turn.</summary>
internal sealed record Message(Role Role, IReadOnlyList<Part> Parts)
{
    /// <summary>The participant's name, where a protocol has one.</summary>
    public string? Name { get; init; }

    public static Message Of(Role role, string text) => new(role, [new TextPart(text)]);
}

internal enum Role : byte
{
    System,
    Developer,
    User,
    Assistant,
    Tool,
}
