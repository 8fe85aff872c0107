namespace Gateflow.Dashboard.Catalog;

/// <summary>Registers what reads and changes the catalog.</summary>
internal static class CatalogServices
{
    public static IServiceCollection AddCatalog(this IServiceCollection services) => services
        .AddSingleton<CatalogWriter>()
        .AddSingleton<ModelReader>()
        .AddSingleton<ModelBook>()
        .AddSingleton<AliasBook>()
        .AddSingleton<RuleBook>()
        .AddSingleton<CatalogImports>()
        .AddSingleton<ImportApplying>()
        .AddSingleton<CatalogSync>();
}
