// A log-linear histogram: exact below 128 ns, and within 1 % above, without a bound on the values.
#include "common.h"

#include <string.h>

static int bucket_of(uint64_t value) {
    if (value < SUB_COUNT) return (int)value;
    int exponent = 63 - __builtin_clzll(value) - SUB_BITS;
    return (exponent + 1) * SUB_COUNT + (int)((value >> exponent) - SUB_COUNT);
}

static double middle_of(int bucket) {
    if (bucket < SUB_COUNT) return bucket;
    int exponent = bucket / SUB_COUNT - 1;
    double width = (double)((uint64_t)1 << exponent);
    return (double)(SUB_COUNT + bucket % SUB_COUNT) * width + width / 2;
}

void histogram_reset(struct histogram *histogram) { memset(histogram, 0, sizeof *histogram); }

void histogram_add(struct histogram *histogram, uint64_t value) {
    histogram->count++;
    histogram->sum += value;
    if (value > histogram->greatest) histogram->greatest = value;
    histogram->buckets[bucket_of(value)]++;
}

static double quantile_us(const struct histogram *histogram, double quantile) {
    // The rank is rounded up: the 99th percentile of 100 values is the 99th smallest.
    uint64_t rank = (uint64_t)(quantile * (double)histogram->count), seen = 0;
    if ((double)rank < quantile * (double)histogram->count || rank == 0) rank++;
    for (int bucket = 0; bucket < BUCKET_COUNT; bucket++) {
        seen += histogram->buckets[bucket];
        if (seen >= rank) {
            double middle = middle_of(bucket);
            return (middle > (double)histogram->greatest ? (double)histogram->greatest : middle) / 1000;
        }
    }
    return 0;
}

void histogram_print(const struct histogram *histogram, FILE *out) {
    if (histogram->count == 0) {
        fprintf(out, "{\"count\":0}");
        return;
    }
    fprintf(out, "{\"count\":%lu,\"mean_us\":%.2f,\"p50_us\":%.2f,\"p99_us\":%.2f,\"p999_us\":%.2f,\"max_us\":%.2f}",
            histogram->count, (double)histogram->sum / (double)histogram->count / 1000, quantile_us(histogram, 0.5),
            quantile_us(histogram, 0.99), quantile_us(histogram, 0.999), (double)histogram->greatest / 1000);
}
