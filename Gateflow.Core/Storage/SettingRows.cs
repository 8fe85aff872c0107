using Gateflow.Core.Audit;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Storage;

/// <summary>Reads and writes named values.</summary>
public static class SettingRows
{
    /// <summary>The value; null when it was never set.</summary>
    public static Task<string?> SettingAsync(this GateflowDb db, string name, CancellationToken cancellationToken) =>
        db.Settings.Where(s => s.Name == name).Select(s => s.Value).FirstOrDefaultAsync(cancellationToken);

    /// <summary>
    /// The value, which nobody who reads it so changes until the context's transaction ends: meanwhile the head of the audit log is held, which is always there
    /// and to which the change is appended.
    /// </summary>
    public static async Task<string?> HeldSettingAsync(this GateflowDb db, string name, CancellationToken cancellationToken)
    {
        await AuditChain.LockAsync(db, cancellationToken);
        return await db.SettingAsync(name, cancellationToken);
    }

    /// <summary>Sets a value, to be stored with the next save.</summary>
    public static async Task SetSettingAsync(this GateflowDb db, string name, string value, CancellationToken cancellationToken)
    {
        if (await db.Settings.FirstOrDefaultAsync(s => s.Name == name, cancellationToken) is { } known)
        {
            known.Value = value;
            return;
        }

        db.Add(new Setting { Name = name, Value = value });
    }
}
