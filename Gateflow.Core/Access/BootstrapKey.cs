namespace Gateflow.Core.Access;

/// <summary>The administrator's key that stands in the configuration or was made at the first start: it may do everything and is in no table.</summary>
public sealed class BootstrapKey(string secret)
{
    public const string Id = "key_bootstrap";

    /// <summary>Its hash and its place in the route table.</summary>
    public (KeyHash Hash, KeyEntry Key) Entry { get; } =
        (KeyHash.Of(secret), new KeyEntry { Id = Id, Name = "Administrator", Role = Role.Admin });
}
