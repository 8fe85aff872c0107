using Gateflow.Core.Audit;

namespace Gateflow.Dashboard.Access;

/// <summary>
/// Enters refused sign-ins in the audit log: who guesses does not stay unseen, and cannot fill it. Tries are counted for a minute, and each caller's become one
/// entry for whom they tried to be. What was typed is kept nowhere.
/// </summary>
public sealed class RefusedSignIns(AuditLog log, TimeProvider clock)
{
    /// <summary>How long tries are counted before they are entered.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Entries of a minute; beyond them callers are counted together.</summary>
    internal const int Most = 100;

    private const string Others = "other addresses";
    private readonly Lock _counting = new();
    private readonly Dictionary<(string Caller, string Target, string? Name), int> _tries = [];

    /// <summary>Counts a try.</summary>
    /// <param name="http">The request, for the caller's address.</param>
    /// <param name="target">Id of the member or key that exists and was tried; empty for none.</param>
    /// <param name="name">Its name.</param>
    public void Note(HttpContext http, string target = "", string? name = null) => Note(SignInEndpoints.Network(http), target, name);

    /// <summary>Enters what was counted. What the database does not take stays for the next time.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        List<KeyValuePair<(string Caller, string Target, string? Name), int>> counted;
        lock (_counting)
        {
            counted = [.. _tries];
        }

        foreach (var (who, tries) in counted)
        {
            string[] fields = [$"{tries} {(tries == 1 ? "try" : "tries")}", .. who.Name is null ? Array.Empty<string>() : [$"as {who.Name}"]];
            await log.WriteAsync(new AuditScope(who.Caller, null, AuditChannel.SignIn, clock), new AuditDraft("session.refuse", who.Target, fields), cancellationToken);
            lock (_counting)
            {
                if ((_tries[who] -= tries) == 0)
                {
                    _tries.Remove(who);
                }
            }
        }
    }

    internal void Note(string caller, string target, string? name)
    {
        var who = (caller.Length > 0 ? caller : "unknown", target, name);
        lock (_counting)
        {
            who = _tries.ContainsKey(who) || _tries.Count < Most ? who : (Others, "", null);
            _tries[who] = _tries.GetValueOrDefault(who) + 1;
        }
    }
}
