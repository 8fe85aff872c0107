namespace Gateflow.Core.Catalog;

/// <summary>Where a model stands on a given day.</summary>
public enum LifecycleStatus
{
    /// <summary>Nothing is announced.</summary>
    Active,

    /// <summary>Its end is announced, without a date or more than <see cref="CatalogModel.RetiringDays"/> days away.</summary>
    Deprecated,

    /// <summary>It stops being served within <see cref="CatalogModel.RetiringDays"/> days.</summary>
    Retiring,

    /// <summary>Its date has come; requests fail at the provider.</summary>
    Retired,
}
