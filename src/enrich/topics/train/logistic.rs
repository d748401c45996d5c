//! Logistic regression over sparse rows: AdaGrad, fixed order, so that the same input gives the same weights.

/// One example: what it has, and what it should be.
#[derive(Debug, Clone, Copy)]
pub(in crate::enrich::topics) struct Row<'a> {
    /// Feature and value.
    pub(in crate::enrich::topics) features: &'a [(u32, f32)],
    /// 0–1.
    pub(in crate::enrich::topics) target: f32,
    /// How much it counts; 0 leaves it out.
    pub(in crate::enrich::topics) weight: f32,
}

/// How hard to fit.
#[derive(Debug, Clone, Copy)]
pub(in crate::enrich::topics) struct Fit {
    pub(in crate::enrich::topics) epochs: usize,
    pub(in crate::enrich::topics) rate: f32,
    /// Per step and unit of weight.
    pub(in crate::enrich::topics) decay: f32,
}

/// Bias and weights.
pub(in crate::enrich::topics) fn fit(rows: &[Row<'_>], width: usize, how: Fit) -> (f32, Vec<f32>) {
    let mut weights = vec![0.0_f32; width];
    let mut squares = vec![1e-6_f32; width];
    let (mut bias, mut bias_square) = (0.0_f32, 1e-6_f32);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut random = Shuffle(0x9E37_79B9_7F4A_7C15);
    for _ in 0..how.epochs {
        random.shuffle(&mut order);
        for row in order.iter().filter_map(|i| rows.get(*i)) {
            if row.weight <= 0.0 {
                continue;
            }
            let sum: f32 = row
                .features
                .iter()
                .filter_map(|(f, x)| Some(weights.get(*f as usize)? * x))
                .sum();
            let error = (super::super::scoring::sigmoid(bias + sum) - row.target) * row.weight;
            bias_square += error * error;
            bias -= how.rate * error / bias_square.sqrt();
            for (feature, x) in row.features {
                let feature = *feature as usize;
                if let (Some(weight), Some(square)) =
                    (weights.get_mut(feature), squares.get_mut(feature))
                {
                    let slope = error * x + how.decay * *weight;
                    *square += slope * slope;
                    *weight -= how.rate * slope / square.sqrt();
                }
            }
        }
    }
    (bias, weights)
}

/// xorshift64*: enough to mix an order, and the same everywhere.
struct Shuffle(u64);

impl Shuffle {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn shuffle(&mut self, items: &mut [usize]) {
        for i in (1..items.len()).rev() {
            #[allow(clippy::cast_possible_truncation)] // below i + 1
            items.swap(i, (self.next() % (i as u64 + 1)) as usize);
        }
    }
}
