using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Storage;

/// <summary>Reads and writes named values.</summary>
public static class SettingRows
{
    /// <summary>The value; null when it was never set.</summary>
    public static Task<string?> SettingAsync(this GateflowDb db, string name, CancellationToken cancellationToken) =>
        db.Settings.Where(s => s.Name == name).Select(s => s.Value).FirstOrDefaultAsync(cancellationToken);

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
