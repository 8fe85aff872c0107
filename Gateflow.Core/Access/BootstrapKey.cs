namespace Gateflow.Core.Access;

/// <summary>The administrator's key of the configuration: it may do everything and is in no table.</summary>
public sealed class BootstrapKey(string secret)
{
    public const string Id = "key_bootstrap";

    /// <summary>Its hash and its place in the route table.</summary>
    public (KeyHash Hash, KeyEntry Key) Entry { get; } =
        (KeyHash.Of(secret), new KeyEntry { Id = Id, Name = "Administrator", Role = Role.Admin });
}

/// <summary>The keys that stand in the configuration: one or none.</summary>
public sealed record BootstrapKeys(IReadOnlyList<BootstrapKey> Keys);
