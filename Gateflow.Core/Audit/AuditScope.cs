namespace Gateflow.Core.Audit;

/// <summary>
/// Who acts at the moment: set once around each call of the API and each event of a page, seen by whatever is saved within.
/// Outside of a scope the program acts by itself, which the events of migrations tell and the audit log does not.
/// </summary>
public sealed class AuditScope
{
    private static readonly AsyncLocal<AuditScope?> Ambient = new();
    private int _written;

    public AuditScope(string actor, string? actorId, AuditChannel channel, TimeProvider clock) =>
        (Actor, ActorId, Channel, Clock) = (actor, actorId, channel, clock);

    public static AuditScope? Current => Ambient.Value;

    public string Actor { get; }

    public string? ActorId { get; }

    public AuditChannel Channel { get; }

    /// <summary>Entries that were written within.</summary>
    public int Written => Volatile.Read(ref _written);

    internal TimeProvider Clock { get; }

    /// <summary>Makes it the present one for the rest of the calling asynchronous method.</summary>
    public AuditScope Enter()
    {
        Ambient.Value = this;
        return this;
    }

    internal void Wrote(int entries) => Interlocked.Add(ref _written, entries);
}
