using Gateflow.Core.Storage;

namespace Gateflow.Core.Catalog;

/// <summary>Tells nodes that the stored catalog is another.</summary>
public static class CatalogVersion
{
    /// <summary>The setting that has another value after each change.</summary>
    internal const string SettingName = "catalog.version";

    /// <summary>Marks the catalog as changed with the next save; raise the route version in the same transaction.</summary>
    public static Task TouchCatalogAsync(this GateflowDb db, CancellationToken cancellationToken) =>
        db.SetSettingAsync(SettingName, Guid.CreateVersion7().ToString("N"), cancellationToken);
}
