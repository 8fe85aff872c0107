using System.Collections.Frozen;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;

namespace Gateflow.Tests.Usage;

/// <summary>Makes the requests, catalog and routes that usage tests fold.</summary>
internal static class Requests
{
    public static readonly DateTimeOffset Start = new(2026, 11, 2, 9, 30, 0, TimeSpan.Zero);

    private static int _next;

    public static ModelCatalog Catalog => ModelCatalog.Embedded;

    public static RequestRecord Create(
        DateTimeOffset? at = null, OutcomeKind outcome = OutcomeKind.Success, string model = "gpt-4", string? served = "gpt-4", Arm arm = Arm.None,
        string? migration = null, string? feature = "chat", string key = "key_a", int input = 100, int output = 20, int cached = 0, double duration = 800,
        double latency = double.NaN, double quality = double.NaN, string? fallback = null, Capabilities capabilities = Capabilities.Chat, string? body = null,
        bool estimated = false, string? user = null, float temperature = float.NaN) => new RequestRecord
        {
            RequestId = $"req_{Interlocked.Increment(ref _next):D8}",
            At = at ?? Start,
            KeyId = key,
            Feature = feature,
            RequestedModel = model,
            Model = model,
            ServedModel = served,
            Provider = served is null ? null : "openai",
            MigrationId = migration,
            Arm = arm,
            Outcome = outcome,
            Status = outcome == OutcomeKind.Success ? 200 : 500,
            FallbackReason = fallback,
            DurationMs = duration,
            ModelLatencyMs = latency,
            InputTokens = input,
            CachedTokens = cached,
            OutputTokens = output,
            TokensEstimated = estimated,
            Capabilities = capabilities,
            User = user,
            Temperature = temperature,
            Quality = quality,
            RequestBody = body is null ? default : System.Text.Encoding.UTF8.GetBytes(body),
        }.Priced(Catalog);

    /// <summary>"key_demo" is the demo's; the migration, if any, goes from gpt-4 to gpt-4o.</summary>
    public static RouteTable Table(string? migration = null, double weight = 0) => new()
    {
        Version = 1,
        Keys = new Dictionary<KeyHash, KeyEntry>
        {
            [new KeyHash(1, 0, 0, 0)] = new() { Id = "key_a", Name = "A", Role = Role.Application },
            [new KeyHash(2, 0, 0, 0)] = new() { Id = "key_demo", Name = "Demo", Role = Role.Application, Demo = true },
        }.ToFrozenDictionary(),
        Migrations = migration is null ? FrozenDictionary<string, MigrationRoute[]>.Empty : new Dictionary<string, MigrationRoute[]>
        {
            ["gpt-4"] = [new MigrationRoute { MigrationId = migration, SourceModel = "gpt-4", TargetModel = "gpt-4o", Weight = (int)(weight * 100) }],
        }.ToFrozenDictionary(),
    };
}

/// <summary>Turns bytes over: enough to see that plain ones are not stored.</summary>
internal sealed class FlippingProtector : ISecretProtector
{
    public byte[] Protect(ReadOnlySpan<byte> plain) => [0xE0, .. Flip(plain)];

    public byte[] Unprotect(ReadOnlySpan<byte> secret) => Flip(secret[1..]);

    private static byte[] Flip(ReadOnlySpan<byte> bytes)
    {
        var flipped = bytes.ToArray();
        foreach (ref var one in flipped.AsSpan())
        {
            one ^= 0xFF;
        }

        return flipped;
    }
}
