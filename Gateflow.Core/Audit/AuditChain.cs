using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Audit;

/// <summary>
/// The chain of audit entries: whoever changes, drops or inserts an entry afterwards breaks it from there on.
/// <para>
/// hash(n) = SHA-256, in lower-case hexadecimal, of the UTF-8 bytes of the JSON array
/// <c>[hash(n-1), n, at, actor, actor_id, channel, action, target, [fields]]</c>: no white space, only ASCII (other characters as \uXXXX, as System.Text.Json
/// escapes by default), <c>at</c> as milliseconds since 1970, a missing actor_id as null; hash(0) is 64 zeros.
/// </para>
/// <para>
/// The head of the chain (number and hash of the last entry) is one row among the settings. A writer first updates that row to itself and so
/// holds its lock until the commit, on every database: entries of several nodes queue up behind each other, and no two have the same
/// predecessor. As the head is kept apart, a chain that was cut off at its end is noticed too.
/// </para>
/// </summary>
public static class AuditChain
{
    /// <summary>Name of the head among the settings: number, a colon, hash.</summary>
    public const string Head = "audit.head";

    /// <summary>The head of a chain without entries.</summary>
    public static readonly string Empty = "0:" + Origin;

    internal const string Origin = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>Holds the head until the end of the context's transaction: for one that locks what others lock after it.</summary>
    internal static Task LockAsync(GateflowDb db, CancellationToken cancellationToken) =>
        db.Settings.Where(s => s.Name == Head).ExecuteUpdateAsync(set => set.SetProperty(s => s.Value, s => s.Value), cancellationToken);

    /// <summary>Appends entries within the context's transaction, whose commit makes them valid.</summary>
    internal static async Task AppendAsync(GateflowDb db, AuditScope scope, IReadOnlyList<AuditDraft> drafts, CancellationToken cancellationToken)
    {
        await LockAsync(db, cancellationToken);
        var head = db.Settings.Where(s => s.Name == Head);
        var (sequence, hash) = Parse(await head.AsNoTracking().Select(s => s.Value).SingleAsync(cancellationToken));
        var at = DateTimeOffset.FromUnixTimeMilliseconds(scope.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        List<AuditEntry> entries = [];
        foreach (var draft in drafts)
        {
            var entry = new AuditEntry
            {
                Sequence = ++sequence,
                At = at,
                Actor = Fit(draft.Actor ?? scope.Actor, AuditDraft.LongestName),
                ActorId = scope.ActorId,
                Channel = scope.Channel,
                Action = Fit(draft.Action, AuditDraft.LongestAction),
                Target = Fit(draft.Target, AuditDraft.LongestTarget),
                Fields = draft.Kept(),
                PreviousHash = hash,
            };
            entry.Hash = hash = HashOf(entry);
            entries.Add(entry);
        }

        await RowInsert<AuditEntry>.RunAsync(db, entries, cancellationToken);
        var last = string.Create(CultureInfo.InvariantCulture, $"{sequence}:{hash}");
        await head.ExecuteUpdateAsync(set => set.SetProperty(s => s.Value, last), cancellationToken);
        scope.Wrote(entries.Count);
    }

    /// <summary>What the hash of an entry must be, given what it says of its predecessor.</summary>
    public static string HashOf(AuditEntry entry)
    {
        object?[] parts =
        [
            entry.PreviousHash, entry.Sequence, entry.At.ToUnixTimeMilliseconds(), entry.Actor, entry.ActorId, Wire.Name(entry.Channel), entry.Action, entry.Target, entry.Fields,
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(parts))));
    }

    internal static (long Sequence, string Hash) Parse(string head)
    {
        var colon = head.IndexOf(':', StringComparison.Ordinal);
        return (long.Parse(head.AsSpan(0, colon), CultureInfo.InvariantCulture), head[(colon + 1)..]);
    }

    private static string Fit(string text, int most) => text.Length <= most ? text : text[..most];
}
