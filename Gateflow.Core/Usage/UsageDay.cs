using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Usage;

/// <summary>
/// One UTC day of what a node's <see cref="UsageRollup"/>s tell, written in the same transaction: an analysis of a month reads days where it may
/// and hours at its ends. Besides, one row for each user of a model, over all answering models, features and keys.
/// </summary>
public sealed class UsageDay : RollupFigures
{
    /// <summary>Name under which the requests of further users, and of further features, are counted.</summary>
    public const string Others = "(others)";

    /// <summary>Most users of a node, model and day that are counted by name.</summary>
    public const int MaxUsers = 200;

    /// <summary>Most features of a node and day that are counted by name, besides those that are registered.</summary>
    public const int MaxFeatures = 500;

    public long Id { get; init; }

    /// <summary>00:00 UTC.</summary>
    public required DateTimeOffset Day { get; init; }

    public required string Node { get; init; }

    public required string Model { get; init; }

    /// <summary>Empty when none answered, and in rows of users.</summary>
    public required string ServedModel { get; init; }

    public required string Feature { get; init; }

    /// <summary>Empty in rows of users.</summary>
    public required string KeyId { get; init; }

    /// <summary>The user as the requests name them; empty in a row of a series. What looks like an address is a hash.</summary>
    public required string User { get; init; }

    /// <summary>24 counts of requests by hour, packed.</summary>
    public byte[] HourRequests { get; set; } = [];

    public bool Demo { get; init; }
}

/// <summary>The key of a <see cref="UsageDay"/> on one node.</summary>
public readonly record struct DayKey(DateTimeOffset Day, string Model, string ServedModel, string Feature, string KeyId, string User)
{
    public static DayKey Of(RollupKey key) =>
        new(RollupKey.Floor(key.Hour, TimeSpan.TicksPerDay), key.Model, key.ServedModel, key.Feature, key.KeyId, "");

    /// <param name="user">As the request names them, not empty.</param>
    public static DayKey OfUser(RollupKey key, string user) =>
        new(RollupKey.Floor(key.Hour, TimeSpan.TicksPerDay), key.Model, "", "", "", EndUsers.Name(user));
}

internal sealed class UsageDayConfiguration : IEntityTypeConfiguration<UsageDay>
{
    public void Configure(EntityTypeBuilder<UsageDay> builder)
    {
        builder.Property(r => r.Node).HasMaxLength(100);
        builder.Property(r => r.Model).HasMaxLength(200);
        builder.Property(r => r.ServedModel).HasMaxLength(200);
        builder.Property(r => r.Feature).HasMaxLength(100);
        builder.Property(r => r.KeyId).HasMaxLength(40);
        builder.Property(r => r.User).HasMaxLength(EndUsers.MaxLength);
        builder.HasIndex(r => new { r.Model, r.Day });
        builder.HasIndex(r => new { r.Day, r.Node });
    }
}
